import uuid
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models.circles import queries_near
from filiera.files.models import StoredFile
from filiera.shared.viewing import Onlooker
from filiera.texts.fields import TranslatedField
from filiera.texts.sorting import sort_key


class Circle(models.TextChoices):
    """How far a part of a profile may be seen; each circle holds the ones after it."""

    PUBLIC = "public", _("Everybody")
    NETWORK = "network", _("People signed in")
    EDITION = "edition", _("People of my editions")
    NOBODY = "nobody", _("Only me")


class ProfileField(models.TextChoices):
    """The parts of a profile whose circle the person chooses."""

    NAME = "name", _("Name")
    PHOTO = "photo", _("Photograph")
    EMAIL = "email", _("E-mail address")
    COUNTRY = "country", _("Country")
    LANGUAGES = "languages", _("Languages")
    BIOGRAPHY = "biography", _("Biography")
    LINKS = "links", _("Links")


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


def default_visibility() -> dict[str, str]:
    """What a new profile shows: the name to people signed in, the address to nobody."""
    visibility = {field.value: Circle.NETWORK.value for field in ProfileField}
    visibility[ProfileField.EMAIL.value] = Circle.NOBODY.value
    return visibility


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def visible_to(self, viewer: Onlooker) -> Self:
        """People whose name the viewer may know: oneself, and those whose circle reaches the viewer."""
        if viewer.administering:
            return self.all()
        public = Q(visibility__name=Circle.PUBLIC.value)
        if viewer.person_id is None:
            return self.active().filter(public)
        near = Q(pk__in=[])
        for people_near in queries_near(viewer.person_id):
            near |= Q(visibility__name=Circle.EDITION.value, pk__in=people_near)
        network = Q(visibility__name=Circle.NETWORK.value)
        return self.filter(Q(pk=viewer.person_id) | Q(is_active=True) & (public | network | near))


class PersonManager(BaseUserManager["Person"]):
    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def active(self) -> PersonQuerySet:
        return self.get_queryset().active()

    def visible_to(self, viewer: Onlooker) -> PersonQuerySet:
        return self.get_queryset().visible_to(viewer)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())

    def create_person(self, *, email: str, name: str = "", **values: Any) -> "Person":
        """Keep a new person, without a password unless one is set afterwards."""
        person = self.model(email=email.lower(), name=name, sort_name=sort_key(name or email), **values)
        if not person.password:
            person.set_unusable_password()
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who signs in, speaks, takes part or runs something; known by e-mail address."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("E-mail address"), max_length=254, unique=True)
    name = models.CharField(_("Name"), max_length=200, blank=True)
    sort_name = models.CharField(max_length=400, blank=True, editable=False)
    photo = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=35, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    country = models.CharField(max_length=2, blank=True)
    languages = ArrayField(models.CharField(max_length=35), default=list, blank=True)
    biography = TranslatedField()
    links = models.JSONField(default=list, blank=True)
    visibility = models.JSONField(default=default_visibility)
    is_active = models.BooleanField(default=True)
    is_administrator = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"), name="person_country_is_iso_code"
            ),
            models.CheckConstraint(condition=Q(theme__in=Theme.values), name="person_theme_known"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(name="", is_active=False, is_administrator=False, photo__isnull=True, country=""),
                name="person_erased_keeps_nothing",
            ),
            models.CheckConstraint(
                condition=Q(visibility__has_keys=ProfileField.values), name="person_visibility_complete"
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name, else the part of the address before the at sign; never the whole address."""
        if self.erased_at is not None:
            return str(_("Erased person"))
        return self.name or self.email.partition("@")[0]

    def get_full_name(self) -> str:
        return self.shown_name

    def get_short_name(self) -> str:
        return self.shown_name


class PersonKeyQuerySet(models.QuerySet["PersonKey"]):
    def visible_to(self, viewer: Onlooker) -> Self:
        return self.all() if viewer.administering else self.filter(person=viewer.person_id or 0)


PersonKeyManager = models.Manager.from_queryset(PersonKeyQuerySet)


class PersonKey(models.Model):
    """The random key under which facts know a person; without this row nobody can tell who it was."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="fact_key")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects: ClassVar[PersonKeyManager["PersonKey"]] = PersonKeyManager()

    def __str__(self) -> str:
        return str(self.key)
